/** How things look in this browser: colours, times, disarmed addresses. */
import {
  Button,
  Menu,
  MenuDivider,
  MenuGroup,
  MenuGroupHeader,
  MenuItemCheckbox,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Tooltip,
} from "@fluentui/react-components";
import { DarkThemeRegular } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import { changeDisplay, type TimeStyle, useDisplay } from "./display.ts";
import { type ThemeChoice, useTheme } from "./theme.tsx";

/** Colours that can be chosen. */
export const THEME_CHOICES: readonly (readonly [ThemeChoice, string])[] = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
  ["contrast", "High contrast"],
];

/** Ways to write times that can be chosen. */
export const TIME_CHOICES: readonly (readonly [TimeStyle, string])[] = [
  ["relative", "How long ago"],
  ["local", "Time here"],
  ["utc", "UTC"],
];

/** The menu. */
export function DisplayMenu(): ReactNode {
  const { choice, choose } = useTheme();
  const { defang, times } = useDisplay();
  return (
    <Menu
      inline
      persistOnItemClick
      checkedValues={{ theme: [choice], times: [times], values: defang ? ["defang"] : [] }}
      onCheckedValueChange={(_event, { name, checkedItems }) => {
        if (name === "theme") {
          choose(checkedItems[0] as ThemeChoice);
        } else if (name === "times") {
          changeDisplay({ times: checkedItems[0] as TimeStyle });
        } else {
          changeDisplay({ defang: checkedItems.includes("defang") });
        }
      }}
    >
      <MenuTrigger disableButtonEnhancement>
        <Tooltip content="Display" relationship="label">
          <Button appearance="subtle" icon={<DarkThemeRegular />} />
        </Tooltip>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuGroup>
            <MenuGroupHeader>Colours</MenuGroupHeader>
            {THEME_CHOICES.map(([value, label]) => (
              <MenuItemRadio key={value} name="theme" value={value}>
                {label}
              </MenuItemRadio>
            ))}
          </MenuGroup>
          <MenuDivider />
          <MenuGroup>
            <MenuGroupHeader>Times</MenuGroupHeader>
            {TIME_CHOICES.map(([value, label]) => (
              <MenuItemRadio key={value} name="times" value={value}>
                {label}
              </MenuItemRadio>
            ))}
          </MenuGroup>
          <MenuDivider />
          <MenuGroup>
            <MenuGroupHeader>Values</MenuGroupHeader>
            <MenuItemCheckbox name="values" value="defang">
              Disarm addresses: hxxps://evil[.]example
            </MenuItemCheckbox>
          </MenuGroup>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
